package io.harpc.autoconfigure;

import io.harpc.server.DeniedCall;

/**
 * Published when a call was refused because its caller may not make it; an
 * {@code @EventListener} with this parameter hears of it. Published on a thread of its
 * own and at most a hundred times a second, so that a flood of such calls holds up no
 * other and fills no log; all are counted by the meter {@code ha.rpc.server.denied}.
 *
 * @param call the call
 * @param skipped how many refused calls before it were not told, because there were too
 * many
 */
public record RpcCallDeniedEvent(DeniedCall call, long skipped) {

}
