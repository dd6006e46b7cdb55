/**
 * What ha-rpc costs apart from calls: starting, knowing instances, losing one.
 */
@NullMarked
package io.harpc.benchmarks.around;

import org.jspecify.annotations.NullMarked;
