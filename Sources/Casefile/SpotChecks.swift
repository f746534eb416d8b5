import Casework
import Database
import Kernel
import Sealing

extension ActChange {
    /// Draws one in so many of the answers that an organ has had in a year (systematic sampling). Where the count begins
    /// follows from a key of the server, for each organ and year: nobody who counts along knows which is next.
    mutating func drawSpotCheck(_ tx: any Transaction, _ index: SecretKey) throws {
        guard let organ = after.standing.custody?.organ else { return }
        let (year, oneIn) = (at.day.year, Int64(open.workflow.spotCheckOneIn))
        let number = try OrganCounter.next(tx, organ: organ, kind: "inquiry", year: year)
        let digest = KeyedHash.hmac(key: index, parts: ["spot-check", organ.description, String(year)])
        let start = digest.prefix(7).reduce(Int64(0)) { $0 << 8 | Int64($1) } % oneIn
        guard number % oneIn == start else { return }
        codes[Standing.drawn] = "yes"
        settle()
    }
}
