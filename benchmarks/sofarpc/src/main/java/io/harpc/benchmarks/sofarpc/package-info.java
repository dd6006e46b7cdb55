/**
 * SOFARPC.
 */
@NullMarked
package io.harpc.benchmarks.sofarpc;

import org.jspecify.annotations.NullMarked;
