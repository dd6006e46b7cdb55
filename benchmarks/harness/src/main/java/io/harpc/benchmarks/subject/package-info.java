/**
 * What a subject gives to be measured, and the two processes in which it does.
 */
@NullMarked
package io.harpc.benchmarks.subject;

import org.jspecify.annotations.NullMarked;
