/**
 * ha-rpc as an application has it: through its starter, with its defaults.
 */
@NullMarked
package io.harpc.benchmarks.harpc;

import org.jspecify.annotations.NullMarked;
