/// A secret, such as an office's private key, laid away so that any two of three holders together can open it
/// and none alone can: one wrap in another for each pair.
package enum Escrow {
    /// Three wraps, one for each pair of holders (counted from 0): the outer opens with `first`, the inner with
    /// `second`. Anything but three different holders is ``SealingError/malformed``.
    package static func wrapPairs(
        secret: [UInt8], holders: [PublicKey], binding: Binding, algorithm: SealingAlgorithm = .present
    ) throws -> [(first: Int, second: Int, wrap: [UInt8])] {
        guard holders.count == 3, Set(holders).count == 3 else { throw SealingError.malformed }
        var pairs: [(first: Int, second: Int, wrap: [UInt8])] = []
        for (first, outer) in holders.enumerated() {
            for (second, inner) in holders.enumerated().dropFirst(first &+ 1) {
                let kept = try Wrap.seal(
                    secret, to: inner, binding: layer("inner", of: binding), algorithm: algorithm)
                let wrap = try Wrap.seal(
                    kept, to: outer, binding: layer("outer", of: binding), algorithm: algorithm)
                pairs.append((first, second, wrap))
            }
        }
        return pairs
    }

    /// Opens the wrap of a pair with both holders' keys, in the order in which it names them;
    /// any other two keys are ``SealingError/wrongKey``.
    package static func open(
        _ wrap: [UInt8], with first: PrivateKey, second: PrivateKey, binding: Binding
    ) throws -> [UInt8] {
        let kept = try Wrap.open(wrap, with: first, binding: layer("outer", of: binding))
        return try Wrap.open(kept, with: second, binding: layer("inner", of: binding))
    }

    private static func layer(_ name: String, of binding: Binding) -> Binding {
        Binding(report: binding.report, field: binding.field, purpose: "escrow \(name): \(binding.purpose)")
    }
}
