extension Value: Storable {
    package var stored: Value { self }
    package init?(stored: Value) { self = stored }
}

extension Int64: Storable {
    package var stored: Value { .integer(self) }
    package init?(stored: Value) {
        guard case .integer(let number) = stored else { return nil }
        self = number
    }
}

extension Int: Storable {
    package var stored: Value { .integer(Int64(self)) }
    package init?(stored: Value) {
        guard case .integer(let number) = stored else { return nil }
        self.init(exactly: number)
    }
}

extension Int32: Storable {
    package var stored: Value { .integer(Int64(self)) }
    package init?(stored: Value) {
        guard case .integer(let number) = stored else { return nil }
        self.init(exactly: number)
    }
}

/// Stored as the integers 0 and 1.
extension Bool: Storable {
    package var stored: Value { .integer(self ? 1 : 0) }
    package init?(stored: Value) {
        switch stored {
        case .integer(0): self = false
        case .integer(1): self = true
        default: return nil
        }
    }
}

extension Double: Storable {
    package var stored: Value { .real(self) }
    /// Accepts an integer too: SQLite answers one where an expression has no fraction.
    package init?(stored: Value) {
        switch stored {
        case .real(let number): self = number
        case .integer(let number): self.init(exactly: number)
        default: return nil
        }
    }
}

extension String: Storable {
    package var stored: Value { .text(self) }
    package init?(stored: Value) {
        guard case .text(let text) = stored else { return nil }
        self = text
    }
}

extension [UInt8]: Storable {
    package var stored: Value { .bytes(self) }
    package init?(stored: Value) {
        guard case .bytes(let bytes) = stored else { return nil }
        self = bytes
    }
}

/// `nil` is NULL.
extension Optional: Storable where Wrapped: Storable {
    // Not by a key path, which would be made anew for every value.
    package var stored: Value { map { $0.stored } ?? .null }
    package init?(stored: Value) {
        if case .null = stored {
            self = .none
        } else if let wrapped = Wrapped(stored: stored) {
            self = .some(wrapped)
        } else {
            return nil
        }
    }
}

/// An enum with raw values is stored as its raw value: declare `enum Stage: String, Storable`, nothing more.
extension RawRepresentable where Self: Storable, RawValue: Storable {
    package var stored: Value { rawValue.stored }
    package init?(stored: Value) {
        guard let raw = RawValue(stored: stored) else { return nil }
        self.init(rawValue: raw)
    }
}
