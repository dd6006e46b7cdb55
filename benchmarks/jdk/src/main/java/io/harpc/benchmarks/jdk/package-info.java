/**
 * What the JDK alone can do: bytes on sockets, and RMI.
 */
@NullMarked
package io.harpc.benchmarks.jdk;

import org.jspecify.annotations.NullMarked;
