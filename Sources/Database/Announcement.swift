import Synchronization

/// Says that a write is on its way while its content is still being sealed.
///
/// The writer that is about to commit waits a moment for what was announced, so that those who came together are on
/// disk with one sync. One write fulfils it; dropped without one, nobody waits for it any longer.
package final class Announcement: Sendable {
    private let isOpen = Atomic(true)
    private let withdraw: @Sendable () -> Void

    /// `withdraw` is called once, if it is dropped unfulfilled.
    init(withdraw: @escaping @Sendable () -> Void) { self.withdraw = withdraw }

    deinit { if fulfil() { withdraw() } }

    /// Answers true to the first who asks.
    func fulfil() -> Bool { isOpen.exchange(false, ordering: .relaxed) }
}
