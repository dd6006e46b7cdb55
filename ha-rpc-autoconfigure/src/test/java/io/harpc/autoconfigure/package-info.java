@NullMarked
package io.harpc.autoconfigure;

import org.jspecify.annotations.NullMarked;
