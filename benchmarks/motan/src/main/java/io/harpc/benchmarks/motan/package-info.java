/**
 * Motan.
 */
@NullMarked
package io.harpc.benchmarks.motan;

import org.jspecify.annotations.NullMarked;
