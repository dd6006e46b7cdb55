/**
 * Frames: their bytes and their limits, as {@code docs/wire-protocol.md} lays them down.
 * No sockets and no threads.
 */
@NullMarked
package io.harpc.protocol;

import org.jspecify.annotations.NullMarked;
