@NullMarked
package io.harpc.server;

import org.jspecify.annotations.NullMarked;
