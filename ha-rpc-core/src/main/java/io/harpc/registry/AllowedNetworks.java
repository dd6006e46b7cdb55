package io.harpc.registry;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.Address;

/**
 * The networks that instances may be in, in the notation of CIDR (RFC 4632 and RFC 4291).
 * Immutable.
 * <p>
 * An address that is written out is checked where it is read. A name is checked by
 * whoever connects, with the very address that it has resolved to: what a name resolves
 * to before that says nothing about what it resolves to then.
 */
public final class AllowedNetworks implements Predicate<InetAddress> {

	/** Anything else of four numbers Java would take for a name, and look it up. */
	private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})(\\.(?!$)|$)){4}");

	private static final String EXPECTED = "a network such as 10.0.0.0/8 or fd00::/8";

	private static final Logger logger = LoggerFactory.getLogger(AllowedNetworks.class);

	private static final int MAX_REPORTS = 100;

	private final List<Network> networks;

	private AllowedNetworks(List<Network> networks) {
		this.networks = networks;
	}

	/**
	 * Reads networks.
	 * @param texts each an address, of which the bits after the prefix must be zero, a
	 * slash and the length of the prefix; or a single address
	 * @return the networks
	 * @throws IllegalArgumentException if there is none, or one is of another form
	 */
	public static AllowedNetworks of(List<String> texts) {
		if (texts.isEmpty()) {
			throw new IllegalArgumentException("networks: none (expected: at least one)");
		}
		return new AllowedNetworks(texts.stream().map(String::trim).map(Network::parse).toList());
	}

	@Override
	public boolean test(InetAddress address) {
		byte[] bytes = address.getAddress();
		return this.networks.stream().anyMatch((network) -> network.contains(bytes));
	}

	/**
	 * Checks an address that is written out; a name passes.
	 * @param address where an instance listens
	 * @throws IllegalArgumentException if it is outside
	 */
	public void check(Address address) {
		if (isWrittenOut(address.host()) && !test(parse(address.host()))) {
			throw new IllegalArgumentException("address: " + address + " (expected: one within " + this + ")");
		}
	}

	/**
	 * The same for those who connect: says once in the log of each address that it
	 * refuses.
	 * @return what to ask
	 */
	public Predicate<InetAddress> reporting() {
		Set<InetAddress> reported = ConcurrentHashMap.newKeySet();
		return (address) -> {
			boolean allowed = test(address);
			if (!allowed && reported.size() < MAX_REPORTS && reported.add(address)) {
				logger.warn("{} is not connected to (expected: an address within {},"
						+ " by ha-rpc.registry.allowed-networks)", address.getHostAddress(), this);
			}
			return allowed;
		};
	}

	@Override
	public String toString() {
		return String.join(", ", this.networks.stream().map(Network::text).toList());
	}

	/** Never asks a name server. */
	private static boolean isWrittenOut(String host) {
		return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
	}

	/** In brackets nothing is taken for a name either. */
	private static InetAddress parse(String host) {
		try {
			return InetAddress.getByName((host.indexOf(':') >= 0) ? "[" + host + "]" : host);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException("address: " + host + " (expected: a valid one)", ex);
		}
	}

	/**
	 * One network.
	 *
	 * @param text as it was written
	 * @param prefix the bytes of its address
	 * @param length how many bits of them count
	 */
	private record Network(String text, byte[] prefix, int length) {

		static Network parse(String text) {
			int slash = text.indexOf('/');
			String host = (slash < 0) ? text : text.substring(0, slash);
			if (!isWrittenOut(host)) {
				throw new IllegalArgumentException("network: " + text + " (expected: " + EXPECTED + ")");
			}
			byte[] prefix = AllowedNetworks.parse(host).getAddress();
			int length = (slash < 0) ? prefix.length * 8 : length(text, text.substring(slash + 1), prefix.length * 8);
			Network network = new Network(text, prefix, length);
			if (!network.hasZerosAfterItsPrefix()) {
				throw new IllegalArgumentException("network: " + text + " (expected: only zeros after the first "
						+ length + " bits, or no prefix for a single address)");
			}
			return network;
		}

		private static int length(String text, String digits, int max) {
			int length = digits.matches("[0-9]{1,3}") ? Integer.parseInt(digits) : -1;
			if (length < 0 || length > max) {
				throw new IllegalArgumentException("network: " + text + " (expected: a prefix of 0 to " + max + ")");
			}
			return length;
		}

		private boolean hasZerosAfterItsPrefix() {
			for (int bit = this.length; bit < this.prefix.length * 8; bit++) {
				if (bit(this.prefix, bit) != 0) {
					return false;
				}
			}
			return true;
		}

		boolean contains(byte[] address) {
			if (address.length != this.prefix.length) {
				return false;
			}
			for (int bit = 0; bit < this.length; bit++) {
				if (bit(address, bit) != bit(this.prefix, bit)) {
					return false;
				}
			}
			return true;
		}

		private static int bit(byte[] bytes, int bit) {
			return (bytes[bit / 8] >> (7 - bit % 8)) & 1;
		}

	}

}
