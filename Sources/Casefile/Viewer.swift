package import Casework
package import Sealing

/// The person who looks: nothing stored is read without one. Holds the private key of the session while it is used.
package struct Viewer: Sendable {
    package let staff: StaffID
    package let organ: OrganID
    let privateKey: PrivateKey

    init(staff: StaffID, organ: OrganID, privateKey: PrivateKey) {
        self.staff = staff
        self.organ = organ
        self.privateKey = privateKey
    }
}

/// Whoever holds a receipt: the reporter, whoever that is.
package struct ReceiptHolder: Sendable {
    let lookup: [UInt8]
    let privateKey: PrivateKey

    /// Derives what the receipt opens; nothing is looked up yet.
    package init(_ receipt: Receipt, pepper: SecretKey) {
        let derived = receipt.derive(pepper: pepper)
        lookup = derived.lookup
        privateKey = derived.keyPair
    }
}
