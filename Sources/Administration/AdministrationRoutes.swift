package import Entrance
package import Hummingbird
package import Site

/// All addresses of this room: `/admin…` for administrators, `/office` and `/absence` for every member
/// of staff, `/offices/…/stand-ins` and `/organs/…/away` for those who arrange for others, `/audit…` for
/// auditors.
package struct AdministrationRoutes: Sendable {
    let services: Services

    package init(_ services: Services) { self.services = services }

    /// Adds them; a ``SessionLayer`` must stand before.
    package func add(to routes: some RouterMethods<SiteContext>) {
        OrganRoutes(services: services).add(to: routes)
        PeopleRoutes(services: services).add(to: routes)
        ResetRoutes(services: services).add(to: routes)
        AccountRuleRoutes(services: services).add(to: routes)
        PosterRoutes(services: services).add(to: routes)
        CalendarRoutes(services: services).add(to: routes)
        OfficeRoutes(services: services).add(to: routes)
        RuleRoutes(services: services).add(to: routes)
        AbsenceRoutes(services: services).add(to: routes)
        StandInRoutes(services: services).add(to: routes)
        KeyRoutes(services: services).add(to: routes)
        AuditRoutes(services: services).add(to: routes)
        LogAuditRoutes(services: services).add(to: routes)
    }
}
