/**
 * A service interface taken apart once: its methods, their ids and types, and what makes
 * it unfit to be called from another process.
 */
@NullMarked
package io.harpc.method;

import org.jspecify.annotations.NullMarked;
