/**
 * The runner that compares the subjects: rounds over all of them, fresh processes for
 * each, and a report of the medians.
 */
@NullMarked
package io.harpc.benchmarks.sidebyside;

import org.jspecify.annotations.NullMarked;
