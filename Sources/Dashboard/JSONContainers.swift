// What the compiler's coding asks of a writer: forms of an object, an array, and a single value.

extension JSONWriter: Encoder {
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        beginObject()
        return KeyedEncodingContainer(JSONObjectWriter<Key>(writer: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        beginArray()
        return JSONArrayWriter(writer: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        JSONValueWriter(writer: self)
    }
}

/// Writes an object's members.
struct JSONObjectWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: JSONWriter
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) {
        writer.beginMember(key.stringValue)
        writer.writeNull()
    }

    func encode(_ value: Bool, forKey key: Key) {
        writer.beginMember(key.stringValue)
        writer.write(value)
    }

    func encode(_ value: String, forKey key: Key) {
        writer.beginMember(key.stringValue)
        writer.write(value)
    }

    func encode(_ value: Double, forKey key: Key) throws {
        writer.beginMember(key.stringValue)
        try writer.write(value)
    }

    func encode(_ value: Int, forKey key: Key) {
        writer.beginMember(key.stringValue)
        writer.write(value)
    }

    func encode(_ value: UInt64, forKey key: Key) {
        writer.beginMember(key.stringValue)
        writer.write(value)
    }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        writer.beginMember(key.stringValue)
        try writer.writeValue(value)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        writer.refuseNesting()
        return writer.container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        writer.refuseNesting()
        return writer.unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        writer.refuseNesting()
        return writer
    }

    func superEncoder(forKey key: Key) -> any Encoder { superEncoder() }
}

/// Writes an array's elements.
struct JSONArrayWriter: UnkeyedEncodingContainer {
    let writer: JSONWriter
    private(set) var count = 0
    var codingPath: [any CodingKey] { [] }

    init(writer: JSONWriter) {
        self.writer = writer
    }

    private mutating func next() {
        count += 1
        writer.separate()
    }

    mutating func encodeNil() {
        next()
        writer.writeNull()
    }

    mutating func encode(_ value: some Encodable) throws {
        next()
        try writer.writeValue(value)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        writer.refuseNesting()
        return writer.container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        writer.refuseNesting()
        return writer.unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        writer.refuseNesting()
        return writer
    }
}

/// Writes a value that is neither.
struct JSONValueWriter: SingleValueEncodingContainer {
    let writer: JSONWriter
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { writer.writeNull() }
    func encode(_ value: Bool) { writer.write(value) }
    func encode(_ value: String) { writer.write(value) }
    func encode(_ value: Double) throws { try writer.write(value) }
    func encode(_ value: Float) throws { try writer.write(Double(value)) }
    func encode(_ value: Int) { writer.write(value) }
    func encode(_ value: Int8) { writer.write(value) }
    func encode(_ value: Int16) { writer.write(value) }
    func encode(_ value: Int32) { writer.write(value) }
    func encode(_ value: Int64) { writer.write(value) }
    func encode(_ value: UInt) { writer.write(value) }
    func encode(_ value: UInt8) { writer.write(value) }
    func encode(_ value: UInt16) { writer.write(value) }
    func encode(_ value: UInt32) { writer.write(value) }
    func encode(_ value: UInt64) { writer.write(value) }
    func encode(_ value: some Encodable) throws { try writer.writeValue(value) }
}
