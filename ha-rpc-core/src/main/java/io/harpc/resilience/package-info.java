/**
 * When an instance is cut off and when an attempt is followed by another, by
 * Resilience4j's circuit breaker and retry; the only package that imports them.
 */
@NullMarked
package io.harpc.resilience;

import org.jspecify.annotations.NullMarked;
