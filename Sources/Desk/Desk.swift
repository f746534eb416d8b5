package import Foundation

/// The templates and texts of this room.
package enum Desk {
    package static let bundle = Bundle.module
}
