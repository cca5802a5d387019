import HTTPWire
import Sockets

/// The request's side: its head is read, understood, written anew and kept; its body streams.
extension Exchange {
    // MARK: Reading the head

    func readHead() {
        guard let client else { return }
        guard var raw = requestPipe.takeInput() ?? buffers.takeInput() else { return lackMemoryForHead() }
        raw.compact()
        // Bytes came where none were.
        var hasBegun = false
        while true {
            if !raw.isEmpty {
                switch raw.withSpan({ requestParser.parse($0) }) {
                case .complete(let length): return understand(raw, headLength: length)
                case .invalid(let violation):
                    rememberTarget(of: raw)
                    buffers.give(raw)
                    return perform(machine.handle(.refused(ExchangeReason(violation))))
                case .needMore: break
                }
            }
            let wasEmpty = raw.isEmpty
            guard client.stream.isReadable else { return keep(raw, isNew: hasBegun) }
            switch client.stream.read(into: &raw) {
            case .moved: if wasEmpty { hasBegun = true }
            case .wouldBlock: return keep(raw, isNew: hasBegun)
            case .ended, .failed:
                buffers.give(raw)
                return perform(machine.handle(.clientGone(.clientClosed)))
            }
        }
    }

    /// A client that has asked is told that there is no memory for its head.
    private func lackMemoryForHead() {
        guard let client else { return }
        if isBlank, client.stream.isQuiet() { return }
        if isBlank, client.stream.isClosing { return perform(machine.handle(.clientGone(.clientClosed))) }
        lackMemory()
    }

    /// Whether nothing of a request has come yet.
    var isBlank: Bool { machine.state == .reading && !requestParser.hasBegun && requestPipe.input == nil }

    /// Whether the client has nothing more to say about it.
    var hasWholeRequest: Bool { machine.state != .reading && requestPipe.isRead }

    /// Keeps what does not make a head yet; the first bytes of it begin the time that it may take.
    private func keep(_ raw: consuming Buffer, isNew: Bool) {
        if !requestParser.hasBegun, raw.endsWithLineFeed {
            // An empty line behind the last request is the beginning of none (RFC 9112 section 2.2).
            requestParser.reset()
            return buffers.give(raw)
        }
        if isNew { setDeadline(context.limits.requestHead) }
        keep(raw)
    }

    private func keep(_ raw: consuming Buffer) {
        if raw.isEmpty {
            buffers.give(raw)
        } else {
            requestPipe.put(input: raw)
        }
    }

    private func understand(_ raw: consuming Buffer, headLength: Int) {
        let framing = requestParser.head.framing
        var raw = raw
        noteFacts(raw)
        if case .contentLength(let length) = framing, length > context.limits.requestBody {
            rememberTarget(of: raw)
            buffers.give(raw)
            return perform(machine.handle(.refused(.requestBodyTooLarge)))
        }
        if requestParser.head.hasLoopMarks,
            raw.withSpan({ context.forwarding.isLoop(requestParser.head, from: $0) })
        {
            rememberTarget(of: raw)
            buffers.give(raw)
            service.onLoop?()
            return perform(machine.handle(.refused(.loopDetected)))
        }
        writeHead(raw)
        raw.removeFirst(headLength)
        requestPipe.begin(framing, sendingChunks: framing == .chunked)
        if let fault = keepRequest(raw, hasBody: !requestPipe.isRead) {
            return perform(machine.handle(.refused(ExchangeReason(fault))))
        }
        if requestPipe.payloadBytes > context.limits.requestBody {
            return perform(machine.handle(.refused(.requestBodyTooLarge)))
        }
        context.budget.requested(at: loop.now)
        perform(machine.handle(.headRead))
    }

    private func noteFacts(_ raw: borrowing Buffer) {
        request.method = requestParser.head.method
        request.isHTTP10 = requestParser.head.version == .http10
        request.keepsAlive = requestParser.head.keepAlive
        request.hasBody = requestParser.head.framing.hasContent
        raw.withSpan { bytes in
            context.identified?.note(requestParser.head, in: bytes)
            if let accept = requestParser.head.field(.accept) {
                request.wantsJSON = accept.value.hasMember("application/json", in: bytes)
            }
            if let upgrade = requestParser.head.upgrade, mayBecomeTunnel(requestParser.head.framing) {
                let offered = upgrade.text(in: bytes).protocols
                // HTTP/2 in clear text would take its requests past all that is decided here. A protocol may have a
                // version behind a slash (RFC 9110 section 7.8).
                let names = offered.compactMap { $0.split(separator: "/").first }
                if !names.contains("h2c") { request.offeredProtocols = offered }
            }
        }
    }

    /// A body goes to the server first, and then the tunnel begins: one that is as short as a head, as nginx's buffer.
    private func mayBecomeTunnel(_ framing: BodyFraming) -> Bool {
        switch framing {
        case .none: true
        case .contentLength(let length): length <= UInt64(HTTPBuffers.inputCapacity)
        case .chunked, .untilClose: false
        }
    }

    private func writeHead(_ raw: borrowing Buffer) {
        guard let client else { return }
        raw.withSpan { bytes in
            context.forwarding.writeRequest(
                requestParser.head, from: bytes, client: client.identity,
                upgrades: !request.offeredProtocols.isEmpty, into: &buffers.writer)
        }
    }

    /// Keeps the head with as much of the body as came with it; what lies behind the body stays in the
    /// pipe for the next request.
    private func keepRequest(_ raw: consuming Buffer, hasBody: Bool) -> BodyPipe.Fault? {
        guard !raw.isEmpty, hasBody else {
            keep(raw)
            guard let head = buffers.takeWritten() else { return .outOfMemory }
            keepBytes(head)
            return nil
        }
        guard var first = buffers.takeOutput() else {
            buffers.give(raw)
            return .outOfMemory
        }
        buffers.writer.withSpan { _ = first.append($0) }
        requestPipe.put(output: first)
        requestPipe.put(input: raw)
        let fault = requestPipe.encode(buffers)
        if let bytes = requestPipe.takeOutput() { keepBytes(bytes) }
        return fault
    }

    private func keepBytes(_ bytes: consuming Buffer) {
        requestLine = RequestLineText(from: bytes)
        kept = consume bytes
    }

    /// A head that was refused has no kept form; its beginning tells what was asked for.
    private func rememberTarget(of raw: borrowing Buffer) {
        requestLine = RequestLineText(from: raw)
    }

    // MARK: Sending

    /// Sends what the server does not have yet: first what is kept, then the rest of the body as it comes.
    func sendRequest() {
        guard let upstream, machine.state == .sending || machine.state == .answering, !isServerDeaf else {
            return
        }
        while sent < keptCount {
            switch writeKept(to: upstream) {
            case .moved(let count):
                sent += count
                if sent < keptCount { setDeadline(context.limits.body) }
            case .wouldBlock, .ended: return
            case .failed(let error): return serverDeaf(error)
            }
        }
        guard requestPipe.isDone else { return streamBody() }
        if machine.state == .sending { requestSent() }
    }

    /// Whether the server has been sent all of it.
    var isRequestSent: Bool { sent >= keptCount && requestPipe.isDone }

    private var keptCount: Int {
        guard kept != nil else { return 0 }
        return kept?.count ?? 0
    }

    /// The server, not the client, keeps the request from going on.
    var isServerSlow: Bool { sent < keptCount || requestPipe.isHolding }

    private func writeKept(to upstream: UpstreamConnection) -> IOResult {
        switch kept {
        case .some(let bytes): upstream.stream.socket.write(keeping: bytes, from: sent)
        case .none: .wouldBlock
        }
    }

    /// Passes the body on as it comes.
    private func streamBody() {
        guard let client, let upstream else { return }
        let before = requestPipe.moved
        let outcome = requestPipe.pump(from: &client.stream, to: upstream.stream, buffers)
        if requestPipe.moved != before {
            hasStreamed = true
            setDeadline(context.limits.body)
            // It cannot be sent again, so its beginning need not be kept.
            if let sentBefore = kept.take() { buffers.give(sentBefore) }
        }
        guard requestPipe.payloadBytes <= context.limits.requestBody else {
            return perform(machine.handle(.refused(.requestBodyTooLarge)))
        }
        switch outcome {
        case .done:
            if machine.state == .sending { requestSent() }
        case .sourceDry, .sinkFull: break
        case .more: loop.resumeNextTurn(client)
        case .cutShort, .sourceFailed: perform(machine.handle(.clientGone(.clientClosed)))
        case .sinkFailed(let error): serverDeaf(error)
        case .failed(.outOfMemory): lackMemory()
        // Too much is said to a client that has no answer yet (RFC 6585 section 5). What is no framing at all cuts both sides.
        case .failed(.invalid(let violation)) where violation.status == 431:
            perform(machine.handle(.refused(ExchangeReason(violation))))
        case .failed(let fault): perform(machine.handle(.clientGone(ExchangeReason(fault))))
        }
    }

    /// The server takes no more. It may have answered early, a 413 for one, and closed with the rest of the
    /// request unread: what it said before is still to be had.
    private func serverDeaf(_ error: SystemError) {
        isServerDeaf = true
        upstream?.stream.noteWriting(failedWith: error)
        guard machine.state == .sending else { return }
        upstream?.stream.assumeReadable()
        readAnswer()
    }

    private func requestSent() {
        setDeadline(context.limits.responseHead)
        perform(machine.handle(.requestSent))
        if upstream?.stream.isReadable == true { readAnswer() }
    }
}

extension Buffer {
    /// Whether the last byte is a line feed.
    fileprivate var endsWithLineFeed: Bool {
        withSpan { bytes in bytes.count > 0 && bytes[bytes.count - 1] == UInt8(ascii: "\n") }
    }
}
