/**
 * Shows ha-rpc to those who operate it: health, an endpoint, meters and traces.
 */
@NullMarked
package io.harpc.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
