package io.harpc.demo.provider;

import java.nio.file.Path;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What a provider is told, under {@code demo.provider}.
 *
 * @param instance Name by which answers say who gave them, host:port.
 * @param orders File in which orders are kept, shared by the providers of one machine.
 */
@ConfigurationProperties("demo.provider")
public record ProviderProperties(String instance, Path orders) {

}
