/**
 * Load balancers put through what happens to instances, by discrete events on a virtual
 * clock: what a client believes and chooses is real, servers and calls are not.
 */
@NullMarked
package io.harpc.simulation;

import org.jspecify.annotations.NullMarked;
