package import Kernel

/// Stored as its 36 characters in lower case.
extension Identifier: Storable {
    package var stored: Value { .text(description) }
    package init?(stored: Value) {
        guard case .text(let text) = stored else { return nil }
        self.init(text)
    }
}

/// Stored as milliseconds since 1970 UTC.
extension Instant: Storable {
    package var stored: Value { .integer(milliseconds) }
    package init?(stored: Value) {
        guard case .integer(let milliseconds) = stored else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

/// Stored as days since 1970-01-01.
extension Day: Storable {
    package var stored: Value { .integer(Int64(days)) }
    package init?(stored: Value) {
        guard let days = Int32(stored: stored) else { return nil }
        self.init(days: days)
    }
}

/// Stored as its digits.
extension RegionCode: Storable {
    package var stored: Value { .text(description) }
    package init?(stored: Value) {
        guard case .text(let text) = stored else { return nil }
        self.init(text)
    }
}
