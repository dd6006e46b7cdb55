/**
 * Calls that are delivered later: the journal that holds them on disk, and the order and
 * the pauses of their delivery. Knows no transport; what sends a call comes in as a
 * {@link io.harpc.failback.FailbackTarget}.
 */
@NullMarked
package io.harpc.failback;

import org.jspecify.annotations.NullMarked;
