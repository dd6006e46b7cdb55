package io.harpc.autoconfigure;

import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/**
 * Warns once of keys below {@code ha-rpc} that nothing reads, as a misspelled one is.
 * System properties and environment variables, which may be others', are not looked at.
 */
final class UnknownProperties {

	private static final Logger logger = LoggerFactory.getLogger(UnknownProperties.class);

	private final Environment environment;

	UnknownProperties(Environment environment) {
		this.environment = environment;
	}

	@EventListener(ApplicationReadyEvent.class)
	void warn() {
		try {
			Binder.get(this.environment)
				.bind("ha-rpc", Bindable.of(RpcProperties.class),
						new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
		}
		catch (BindException ex) {
			if (ex.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
				logger.warn("Properties that ha-rpc does not know are set, and do nothing: {}",
						unbound.getUnboundProperties()
							.stream()
							.map((property) -> property.getName() + " (" + property.getOrigin() + ")")
							.sorted()
							.collect(Collectors.joining(", ")));
			}
			else {
				// With a converter of the application's own, which is not asked here.
				logger.debug("Whether there are unknown properties below ha-rpc cannot be told", ex);
			}
		}
	}

}
