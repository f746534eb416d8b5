import Casework
import Kernel
import Sealing

/// Joint study with case supervision: whom it asks, and what they hold while it lasts.
extension ActChange {
    /// Notes whom the act asks, before anything is sealed to them.
    mutating func nameConsulted() {
        let standing = open.stored.standing
        codes["consulted"] = standing.mayConsult(asker: viewer?.staff, in: open.picture.world)?.description
        settle()
    }

    /// The question is for the desk and whoever it asks, the answer for the desk, and both for whoever decides in the
    /// end: no sender reads either.
    var studying: [OfficeID] {
        [after.standing.custody?.intakeOffice, after.standing.consulted(in: open.picture.world)].compactMap(\.self)
    }

    /// The key of the question that case supervision has not answered yet, in this viewer's hands.
    var questionKey: HeldKey? {
        open.sharedKey(of: after.standing.done.last { $0.act == "consult" })
    }

    /// Case supervision keeps nothing once its view is given, or the desk went on without it: only who reads the report
    /// by another place of theirs goes on reading.
    mutating func takeFromConsulted() {
        let (standing, world) = (after.standing, open.picture.world)
        guard let office = open.stored.standing.consulted(in: world), standing.consulted(in: world) != office else {
            return
        }
        let people = world.memberships.filter { $0.office == office }.map(\.staff).filter {
            !Reach.of($0, on: standing, world: world, workflow: open.workflow).letter
        }
        let recipients = Set([Recipient.office(office)] + people.map { .staff($0) })
        let told = Set(recipients.map(\.description))
        let keys = Set(open.keys.filter { $0.key.kind != "identity" }.map(\.value.id))
        dropWraps += open.holders.filter { keys.contains($0.key) && told.contains($0.recipient) }
            .map { ($0.key, $0.recipient) }
        wraps.removeAll { keys.contains($0.keyID) && recipients.contains($0.recipient) }
    }
}
