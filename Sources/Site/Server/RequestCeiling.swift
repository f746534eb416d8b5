import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends connections that keep a request going for too long, whoever reads it.
///
/// - A request that has not arrived in full after `ceiling` closes its connection.
/// - A request that was answered before it arrived in full (an upload refused) has `linger` to end; otherwise the
///   server would swallow the rest, however long it is.
/// - `Expect: 100-continue` is answered, so that clients such as curl do not wait for a second.
///
/// Lives on one event loop, as every channel handler does.
final class RequestCeiling: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let ceiling: TimeAmount
    private let linger = TimeAmount.seconds(5)
    private var isArriving = false
    private var unanswered = 0
    private var closing: Scheduled<Void>?

    init(ceiling: TimeAmount) { self.ceiling = ceiling }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isArriving = true
            unanswered &+= 1
            closeUnlessArrived(within: ceiling, context)
            if head.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body: break
        case .end:
            isArriving = false
            closing?.cancel()
            closing = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            unanswered &-= 1
            if isArriving, unanswered <= 0 { closeUnlessArrived(within: linger, context) }
        }
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        closing?.cancel()
        closing = nil
        context.fireChannelInactive()
    }

    private func closeUnlessArrived(within time: TimeAmount, _ context: ChannelHandlerContext) {
        closing?.cancel()
        let channel = context.channel
        closing = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
