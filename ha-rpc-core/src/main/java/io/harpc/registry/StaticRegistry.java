package io.harpc.registry;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instances.Origin;

/**
 * A registry that is written down: the addresses of each service, never changing. What is
 * registered goes nowhere, and is said so once in the log. Thread-safe.
 */
public final class StaticRegistry implements Registry {

	private static final Logger logger = LoggerFactory.getLogger(StaticRegistry.class);

	/** How many services a message names. */
	private static final int MAX_NAMED = 20;

	private final Map<String, List<Address>> addresses;

	private final Set<ServiceKey> asked = ConcurrentHashMap.newKeySet();

	private final Watches watches = new Watches();

	private final Instant since = Instant.now();

	private volatile boolean closed;

	/**
	 * Creates a registry.
	 * @param addresses the addresses of each service, by one of its {@linkplain #namesOf
	 * names}; the first that is there counts
	 */
	public StaticRegistry(Map<String, List<Address>> addresses) {
		this.addresses = addresses.entrySet()
			.stream()
			.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey,
					(entry) -> entry.getValue().stream().distinct().toList()));
	}

	@Override
	public Registration register(Instance instance) {
		checkOpen();
		logger.info("{} is not registered anywhere: the registry is static, so list {} where it is to be called from",
				instance.service(), instance.address());
		return Registration.nowhere(instance);
	}

	@Override
	public Watch watch(ServiceKey service, InstancesListener listener) {
		checkOpen();
		if (this.asked.add(service) && namesOf(service).stream().noneMatch(this.addresses::containsKey)) {
			logger.warn("{} has no addresses: the static registry lists none under {} (it does for: {})", service,
					namesOf(service).stream().distinct().collect(Collectors.joining(" or ")), listed());
		}
		Watch watch = this.watches.add(service, listener);
		this.watches.update(service, (old) -> old.isKnown() ? old : read(service));
		return watch;
	}

	@Override
	public List<ServiceKey> services() {
		return List.copyOf(this.asked);
	}

	@Override
	public RegistryStatus status() {
		return new RegistryStatus("static", !this.closed, this.since, "it lists addresses for: " + listed(), 0,
				this.addresses.size());
	}

	@Override
	public void close() {
		this.closed = true;
		this.watches.close();
	}

	/**
	 * The names by which a service may be listed where people write them.
	 * @param service the service
	 * @return the text of its key, its name alone, and the simple name of its interface
	 * in kebab case, to be tried in that order
	 */
	public static List<String> namesOf(ServiceKey service) {
		String simpleName = service.name().substring(service.name().lastIndexOf('.') + 1);
		String kebabCase = simpleName.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-")
			.toLowerCase(Locale.ROOT);
		return List.of(service.toString(), service.name(), kebabCase);
	}

	private String listed() {
		if (this.addresses.isEmpty()) {
			return "nothing";
		}
		return this.addresses.keySet().stream().sorted().limit(MAX_NAMED).collect(Collectors.joining(", "))
				+ ((this.addresses.size() > MAX_NAMED) ? ", ..." : "");
	}

	private Instances read(ServiceKey service) {
		List<Instance> list = namesOf(service).stream()
			.filter(this.addresses::containsKey)
			.findFirst()
			.map(this.addresses::get)
			.orElse(List.of())
			.stream()
			.map((address) -> instance(service, address))
			.toList();
		return Instances.of(service, list, Origin.REGISTRY);
	}

	private static Instance instance(ServiceKey service, Address address) {
		String id = "static-" + address.toString().replaceAll("[^A-Za-z0-9._:-]", "_");
		return new Instance(id.substring(0, Math.min(id.length(), 100)), service, address, 100, "", "json", Map.of());
	}

	private void checkOpen() {
		if (this.closed) {
			throw new IllegalStateException("registry: closed (expected: open)");
		}
	}

}
