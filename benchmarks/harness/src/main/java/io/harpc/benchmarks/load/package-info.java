/**
 * The load: threads that call one after another, and what they see.
 */
@NullMarked
package io.harpc.benchmarks.load;

import org.jspecify.annotations.NullMarked;
