import CLibPQ
import Database

/// The type numbers of PostgreSQL's catalogue that pass between the two; `pg_type.dat` lists them.
enum PGType {
    static let bool: Oid = 16
    static let bytea: Oid = 17
    static let name: Oid = 19
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let float4: Oid = 700
    static let float8: Oid = 701
    static let unknown: Oid = 705
    static let bpchar: Oid = 1042
    static let varchar: Oid = 1043
    static let void: Oid = 2278
}

extension Value {
    /// The type it is sent as; 0 leaves the choice to the server.
    var oid: Oid {
        switch self {
        case .null: 0
        case .integer: PGType.int8
        case .real: PGType.float8
        case .text: PGType.text
        case .bytes: PGType.bytea
        }
    }

    /// A value of the given type in its binary form, or nil when the type is not one that is read here.
    init?(type: Oid, bytes: UnsafeRawBufferPointer) {
        switch type {
        case PGType.bool: self = .integer(bytes.first == 0 ? 0 : 1)
        case PGType.int2: self = .integer(Int64(Int16(truncatingIfNeeded: Self.bigEndian(bytes))))
        case PGType.int4: self = .integer(Int64(Int32(truncatingIfNeeded: Self.bigEndian(bytes))))
        case PGType.int8: self = .integer(Int64(bitPattern: Self.bigEndian(bytes)))
        case PGType.float4:
            self = .real(Double(Float(bitPattern: UInt32(truncatingIfNeeded: Self.bigEndian(bytes)))))
        case PGType.float8: self = .real(Double(bitPattern: Self.bigEndian(bytes)))
        case PGType.bytea: self = .bytes([UInt8](bytes))
        case PGType.text, PGType.varchar, PGType.bpchar, PGType.name, PGType.unknown:
            self = .text(String(decoding: bytes, as: UTF8.self))
        case PGType.void: self = .null
        default: return nil
        }
    }

    private static func bigEndian(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// Values in the binary form that the server reads.
struct Parameters {
    // One spare byte, so that even an empty value has an address: no address would mean NULL.
    private var arena: [UInt8] = [0]
    private var places: [(offset: Int, length: Int)?] = []

    init(_ values: [Value]) {
        places.reserveCapacity(values.count)
        for value in values {
            let offset = arena.count
            switch value {
            case .null:
                places.append(nil)
                continue
            case .integer(let number): append(UInt64(bitPattern: number))
            case .real(let number): append(number.bitPattern)
            case .text(let text): arena += text.utf8
            case .bytes(let bytes): arena += bytes
            }
            places.append((offset, arena.count - offset))
        }
    }

    private mutating func append(_ number: UInt64) {
        withUnsafeBytes(of: number.bigEndian) { arena += $0 }
    }

    /// The arrays as `PQexecPrepared` wants them.
    func withPointers<T>(_ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> T) -> T {
        arena.withUnsafeBytes { bytes in
            let base = bytes.baseAddress
            let pointers = places.map { place in
                place.flatMap { base?.advanced(by: $0.offset).assumingMemoryBound(to: CChar.self) }
            }
            let lengths = places.map { Int32(clamping: $0?.length ?? 0) }
            return body(pointers, lengths, Array(repeating: 1, count: places.count))
        }
    }
}
