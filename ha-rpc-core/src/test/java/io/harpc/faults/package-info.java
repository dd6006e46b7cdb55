/**
 * Breaks networks on purpose, at a named moment.
 */
@NullMarked
package io.harpc.faults;

import org.jspecify.annotations.NullMarked;
