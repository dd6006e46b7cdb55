/**
 * gRPC with messages of its own.
 */
@NullMarked
package io.harpc.benchmarks.grpc;

import org.jspecify.annotations.NullMarked;
