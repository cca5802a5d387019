import Sockets

/// Reads the mapping `admin`, with what flags and the environment say on top.
struct AdminReader {
    let mapping: MappingReader
    let overrides: Overrides

    private var report: Report { mapping.report }

    func read(_ listeners: inout Listeners) -> AdminConfiguration {
        let listen = mapping.value("listen", as: .addressOrOff, or: overrides.admin)
        let monitoring = mapping.value("monitoring", as: .addressOrOff)
        let (token, tokenFile) = readToken()
        let configuration = AdminConfiguration(
            listen: listen ?? Defaults.adminListen, token: token, tokenFile: tokenFile, hosts: readHosts(),
            monitoring: monitoring ?? Defaults.monitoring)
        if isSaid("listen", or: overrides.admin) == (listen != nil) {
            if !hasToken { refuseOpenDoor(configuration) }
            add(configuration.listen, to: &listeners)
        }
        if let monitoring = configuration.monitoring {
            let place = mapping.place(of: "monitoring", or: Override<Endpoint>?.none)
            listeners.add(monitoring, of: "the monitoring listener", at: place)
        }
        return configuration
    }

    // The token

    /// Whether anybody said anything of one, right or wrong.
    private var hasToken: Bool {
        isSaid("token", or: overrides.adminToken) || mapping.entry("token_file") != nil
    }

    /// The token, and the file that holds it.
    private func readToken() -> (AccessToken?, file: String?) {
        let own = mapping.value("token", as: .accessToken)
        let path = mapping.value("token_file", as: .absolutePath)
        let stored = path.flatMap(readTokenFile)
        if mapping.entry("token") != nil, let file = mapping.entry("token_file") {
            let message = "\"token\" and \"token_file\" both give a token: leave out one of them"
            report.add(message, at: file.place)
        }
        if let override = overrides.adminToken {
            return (mapping.replacing(own, of: "token", by: override), nil)
        }
        return (own ?? stored, path)
    }

    /// The first line of a file; what stands below it is nobody's business.
    private func readTokenFile(_ path: String) -> AccessToken? {
        let place = mapping.place(of: "token_file", or: Override<String>?.none)
        let name = "the token file \(QuotedText.quote(path))"
        do throws(FileContent.Failure) {
            let bytes = try FileContent.bytes(of: path, upTo: Limits.tokenFileSize)
            var line = bytes.prefix { $0 != UInt8(ascii: "\n") }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            guard !line.isEmpty else {
                report.add("\(name) has \(bytes.isEmpty ? "no text" : "an empty first line")", at: place)
                return nil
            }
            return readStoredToken(String(decoding: line, as: UTF8.self), in: name, at: place)
        } catch {
            switch error {
            case .unreadable(let reason): report.add("cannot read \(name): \(reason)", at: place)
            case .tooLarge: report.add("\(name) has more than \(Limits.tokenFileSize) bytes", at: place)
            }
            return nil
        }
    }

    private func readStoredToken(_ text: String, in name: String, at place: Place) -> AccessToken? {
        do throws(AccessTokenError) {
            return try AccessToken(text)
        } catch {
            report.add("in \(name), \(error)", at: place)
            return nil
        }
    }

    // Who may come

    private func readHosts() -> [String] {
        let key = "hosts"
        var hosts: [String] = []
        if let node = mapping.entry(key)?.value { report.setOrigin(of: mapping.path + [key], to: node) }
        for node in mapping.list(key, mayBeEmpty: true) {
            guard let host = report.read(node, named: "a host", as: .browserHost) else { continue }
            guard !hosts.contains(host) else {
                report.add(
                    "\(QuotedText.quote(host)) is already in the list of hosts", at: report.place(of: node))
                continue
            }
            report.setOrigin(of: mapping.path + [key, "\(hosts.count)"], to: node)
            hosts.append(host)
        }
        return hosts
    }

    /// Whoever reaches the listener can stop servers and send a load at them.
    private func refuseOpenDoor(_ admin: AdminConfiguration) {
        guard let listen = admin.listen, admin.isOpenToOthers else { return }
        let ways = "admin.token, admin.token_file or \(OverridableSetting.adminToken.variable)"
        report.add(
            "admin.listen is \(listen), which others can reach: set \(ways), or listen on 127.0.0.1",
            at: mapping.place(of: "listen", or: overrides.admin))
    }

    // Where

    /// A clash with the default is shown where the other one is said: that is the only line there is.
    private func add(_ listen: Endpoint?, to listeners: inout Listeners) {
        guard let listen else { return }
        if !isSaid("listen", or: overrides.admin), let other = listeners.inTheWay(of: listen) {
            let ways = "set admin.listen or \(OverridableSetting.admin.flag) to another address, or to off"
            let clash =
                other.endpoint == listen
                ? "\"\(listen)\" is" : "\"\(other.endpoint)\" takes \"\(listen)\", which is"
            return report.add("\(clash) where the admin listener is by default: \(ways)", at: other.place)
        }
        let place = mapping.place(of: "listen", or: overrides.admin)
        listeners.add(listen, of: "the admin listener", at: place)
    }

    private func isSaid<Value>(_ key: String, or override: Override<Value>?) -> Bool {
        override != nil || mapping.entry(key) != nil
    }
}
