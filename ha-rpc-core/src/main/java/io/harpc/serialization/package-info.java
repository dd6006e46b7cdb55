/**
 * Arguments, results and exceptions as bytes: JSON and Smile, read only into the types
 * that a method declares.
 */
@NullMarked
package io.harpc.serialization;

import org.jspecify.annotations.NullMarked;
