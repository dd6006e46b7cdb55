/**
 * The service that every subject offers, and what it answers.
 */
@NullMarked
package io.harpc.benchmarks.api;

import org.jspecify.annotations.NullMarked;
