/**
 * The consuming role: HTTP endpoints over the two services, and a steady load that shows
 * what becomes of calls while providers come and go.
 */
@NullMarked
package io.harpc.demo.consumer;

import org.jspecify.annotations.NullMarked;
