@NullMarked
package io.harpc.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
