/**
 * Brings ha-rpc into a Spring Boot application: properties, beans, injection, the
 * server's life and what a failed start has to say.
 */
@NullMarked
package io.harpc.autoconfigure;

import org.jspecify.annotations.NullMarked;
