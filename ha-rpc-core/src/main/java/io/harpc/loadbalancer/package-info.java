/**
 * Choosing the instance that a call goes to: the interface, what it sees, and the load
 * balancers that come along.
 */
@NullMarked
package io.harpc.loadbalancer;

import org.jspecify.annotations.NullMarked;
