package io.harpc.autoconfigure;

import java.util.function.UnaryOperator;

import io.harpc.registry.Registry;

/**
 * Puts something between the server and the registry that it registers in.
 */
@FunctionalInterface
interface ServerRegistryCustomizer extends UnaryOperator<Registry> {

}
