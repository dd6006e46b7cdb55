/**
 * Parts of ha-rpc by themselves: what each costs in time and memory.
 */
@NullMarked
package io.harpc.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
