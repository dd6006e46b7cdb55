/**
 * Apache Dubbo.
 */
@NullMarked
package io.harpc.benchmarks.dubbo;

import org.jspecify.annotations.NullMarked;
