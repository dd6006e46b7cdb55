package io.harpc.autoconfigure;

import java.lang.reflect.Member;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.annotation.RpcReference;
import io.harpc.client.CallSettings;
import io.harpc.client.Cluster;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.failback.JournalUnavailableException;
import io.harpc.loadbalancer.UnknownLoadBalancerException;
import io.harpc.method.InvalidServiceException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Makes the references that injection points ask for: the property of a reference beats
 * the attribute of its annotation, and what neither says is left to the client.
 */
final class ReferenceFactory implements BiFunction<RpcReference, DependencyDescriptor, Object> {

	private static final Logger logger = LoggerFactory.getLogger(ReferenceFactory.class);

	private final RpcClient client;

	private final RpcProperties.Client properties;

	private final Environment environment;

	private final Fallbacks fallbacks;

	private final BundleEncryption encryption;

	private final Set<String> names = ConcurrentHashMap.newKeySet();

	ReferenceFactory(RpcClient client, RpcProperties.Client properties, Environment environment, Fallbacks fallbacks,
			BundleEncryption encryption) {
		this.client = client;
		this.properties = properties;
		this.environment = environment;
		this.fallbacks = fallbacks;
		this.encryption = encryption;
	}

	@Override
	public Object apply(RpcReference annotation, DependencyDescriptor descriptor) {
		Class<?> type = descriptor.getDependencyType();
		String given = resolve(annotation.name());
		String name = given.isEmpty() ? ReferenceSettings.nameOf(type) : given;
		this.names.add(name);
		return reference(annotation, type, name, where(descriptor) + " (reference '" + name + "')");
	}

	/**
	 * A name misspelled in the properties would otherwise be a setting that does nothing.
	 */
	@EventListener(ApplicationReadyEvent.class)
	void warnOfUnusedProperties() {
		Set<String> unused = new TreeSet<>(this.properties.references().keySet());
		unused.removeAll(this.names);
		if (!unused.isEmpty()) {
			logger.warn("Properties below ha-rpc.client.references are set for {}, but no reference has such a name"
					+ " (there are: {})", unused, new TreeSet<>(this.names));
		}
	}

	private <T> T reference(RpcReference annotation, Class<T> type, String name, String where) {
		refuseWhatIsNoService(type, where);
		try {
			return this.client.reference(settings(annotation, type, name, where));
		}
		catch (InvalidServiceException ex) {
			throw new RpcStartupException(
					where + " asks for a service whose interface cannot travel. " + ex.getMessage(),
					"Change the interface as said above.", ex);
		}
		catch (UnknownLoadBalancerException ex) {
			throw new RpcStartupException(where + " names a load balancer that does not exist: " + ex.getMessage(),
					"Correct the attribute loadBalancer of the @RpcReference, or the property load-balancer of the"
							+ " reference or of ha-rpc.client.",
					ex);
		}
		catch (JournalUnavailableException ex) {
			throw new RpcStartupException(where + " keeps calls on disk, and that is not possible: " + ex
				.getMessage() + ".", (ex.getCause() instanceof NoClassDefFoundError)
						? "Add the dependency com.h2database:h2-mvstore, or use another mode than failback."
						: "Check the directory set by ha-rpc.client.failback.directory; each process needs its own.",
					ex);
		}
		catch (IllegalArgumentException ex) {
			throw new RpcStartupException(where + " asks for a reference that cannot be made: " + ex.getMessage(),
					"Correct the value named above, in the @RpcReference or in its properties.", ex);
		}
	}

	private static void refuseWhatIsNoService(Class<?> type, String where) {
		if (!type.isInterface()) {
			throw new RpcStartupException(
					where + " asks by @RpcReference for " + type.getName() + ", which is not an interface.",
					"Use the interface of the service as the type, or remove @RpcReference to get a bean of this"
							+ " application.");
		}
		if (type.getName().startsWith("java.")) {
			throw new RpcStartupException(
					where + " asks for a " + type.getName() + "; @RpcReference takes the interface of a service.",
					"Ask for the service's interface itself: one reference stands for all of its instances.");
		}
	}

	private <T> ReferenceSettings<T> settings(RpcReference annotation, Class<T> type, String name, String where) {
		RpcProperties.Reference property = this.properties.references()
			.getOrDefault(name, RpcProperties.Reference.NONE);
		Class<?> fallback = (property.fallback() != null) ? property.fallback() : annotation.fallback();
		ServiceKey service = ServiceKey.of(type, either(property.version(), annotation.version()),
				either(property.group(), annotation.group()));
		List<String> addresses = (property.address() != null) ? property.address()
				: Arrays.asList(StringUtils.commaDelimitedListToStringArray(resolve(annotation.address())));
		return new ReferenceSettings<>(type, name, service,
				addresses.stream().map(String::trim).map(Address::parse).toList(), property.idempotent(),
				calls(annotation, property), (property.sticky() != null) ? property.sticky() : annotation.sticky(),
				(fallback != void.class) ? this.fallbacks.standIn(type, fallback, where) : null,
				this.encryption.client("ha-rpc.client.references." + name + ".ssl.bundle", property.ssl().bundle()));
	}

	private CallSettings calls(RpcReference annotation, RpcProperties.Reference property) {
		String cluster = resolve(annotation.cluster());
		return new CallSettings(duration("timeout", property.timeout(), annotation.timeout()),
				duration("attempt-timeout", property.attemptTimeout(), annotation.attemptTimeout()),
				(property.maxAttempts() != null) ? property.maxAttempts() : annotation.maxAttempts(),
				either(property.loadBalancer(), annotation.loadBalancer()),
				(property.cluster() != null || cluster.isEmpty()) ? property.cluster() : Cluster.named(cluster));
	}

	private @Nullable Duration duration(String name, @Nullable Duration property, String attribute) {
		String text = resolve(attribute);
		if (property != null || text.isEmpty()) {
			return property;
		}
		try {
			return DurationStyle.detectAndParse(text);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(name + ": '" + text + "' (expected: a time such as 500ms or 2s)", ex);
		}
	}

	private String either(@Nullable String property, String attribute) {
		return (property != null) ? property : resolve(attribute);
	}

	private String resolve(String text) {
		return this.environment.resolveRequiredPlaceholders(text);
	}

	/** For example: Parameter 0 of the constructor of com.example.Checkout. */
	private static String where(DependencyDescriptor descriptor) {
		Member member = descriptor.getMember();
		String owner = member.getDeclaringClass().getName();
		if (descriptor.getField() != null) {
			return "Field " + member.getName() + " of " + owner;
		}
		int index = (descriptor.getMethodParameter() != null) ? descriptor.getMethodParameter().getParameterIndex() : 0;
		String executable = (descriptor.getMethodParameter() != null
				&& descriptor.getMethodParameter().getConstructor() != null) ? "the constructor" : member.getName();
		return "Parameter " + index + " of " + executable + " of " + owner;
	}

}
