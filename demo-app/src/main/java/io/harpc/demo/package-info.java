/**
 * An application that both serves and calls.
 */
@NullMarked
package io.harpc.demo;

import org.jspecify.annotations.NullMarked;
