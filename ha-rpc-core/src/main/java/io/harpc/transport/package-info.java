/**
 * Connections over blocking sockets, shared by all callers: who sends what reaches the
 * peer and what came of it. Takes addresses, and knows neither instances nor services.
 */
@NullMarked
package io.harpc.transport;

import org.jspecify.annotations.NullMarked;
