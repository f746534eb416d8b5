import Mustache

typealias MustacheParentAlias = MustacheParent
