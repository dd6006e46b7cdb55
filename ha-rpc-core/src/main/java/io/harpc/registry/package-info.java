/**
 * Which instances of a service there are: what an instance is, where it is registered and
 * watched, and what is kept in use while the registry is away.
 */
@NullMarked
package io.harpc.registry;

import org.jspecify.annotations.NullMarked;
