/**
 * The proxy and the call sequence: find the instances, choose one, ask its breaker, send,
 * decide; and all that this process believes of an instance.
 */
@NullMarked
package io.harpc.client;

import org.jspecify.annotations.NullMarked;
