package io.harpc.serialization;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/**
 * Values of every type that must arrive as it left, and a {@link Carrier} for each type.
 */
final class Samples {

	private static final List<Sample> ALL = new ArrayList<>();

	private static final Instant NOW = Instant.parse("2026-11-20T15:04:05.123456789Z");

	private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

	private static final Money MONEY = new Money(new BigDecimal("1.10"), Currency.getInstance("EUR"));

	private static final Order ORDER = new Order(7, "Bücher \uD83D\uDCDA", List.of(MONEY, MONEY), NOW,
			Optional.of(LocalDate.of(2026, 12, 24)), Color.GREEN, null);

	static {
		scalars();
		texts();
		arrays();
		times();
		objects();
		containers();
		keys();
	}

	private Samples() {
	}

	/**
	 * Values of one type.
	 *
	 * @param carrier the carrier of the type
	 * @param values the values
	 */
	record Sample(Class<?> carrier, List<Object> values) {

		@Override
		public String toString() {
			return this.carrier.getSimpleName();
		}

	}

	static List<Sample> all() {
		return ALL;
	}

	@SafeVarargs
	@SuppressWarnings("varargs")
	private static <T> void add(Class<? extends Carrier<T>> carrier, T... values) {
		ALL.add(new Sample(carrier, Arrays.asList((Object[]) values)));
	}

	private static void scalars() {
		add(OfBoolean.class, true, false);
		add(OfByte.class, Byte.MIN_VALUE, (byte) 0, Byte.MAX_VALUE);
		add(OfShort.class, Short.MIN_VALUE, Short.MAX_VALUE);
		add(OfInteger.class, Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE);
		add(OfLong.class, Long.MIN_VALUE, 0L, 1L << 53, Long.MAX_VALUE);
		add(OfFloat.class, Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -0.0f, Float.MIN_VALUE,
				Float.MIN_NORMAL, Float.MAX_VALUE, 0.1f, 1.17549435E-38f);
		add(OfDouble.class, Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, -0.0, Double.MIN_VALUE,
				Double.MAX_VALUE, 0.1, 2e-3, 1.0E23);
		add(OfCharacter.class, 'a', '\0', '"', '\u00e9', '\u20ac', '\uffff');
		add(OfBigDecimal.class, new BigDecimal("1.10"), new BigDecimal("-0.000"), new BigDecimal("1E+3"),
				new BigDecimal("1E-400"), new BigDecimal("123456789012345678901234567890.12345678901234567890"),
				new BigDecimal("100"), BigDecimal.ZERO.setScale(7), new BigDecimal(BigInteger.TEN.pow(900), -90));
		add(OfBigInteger.class, BigInteger.ZERO, BigInteger.valueOf(Long.MIN_VALUE).subtract(BigInteger.ONE),
				BigInteger.TWO.pow(4000), BigInteger.valueOf(5));
		add(OfColor.class, Color.RED, Color.GREEN);
		add(OfUuid.class, new UUID(0, 0), UUID.fromString("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"));
		add(OfOptionalInt.class, OptionalInt.empty(), OptionalInt.of(0), OptionalInt.of(Integer.MIN_VALUE));
		add(OfOptionalLong.class, OptionalLong.empty(), OptionalLong.of(Long.MAX_VALUE));
		add(OfOptionalDouble.class, OptionalDouble.empty(), OptionalDouble.of(Double.NaN), OptionalDouble.of(0.1));
	}

	private static void texts() {
		add(OfString.class, "", "null", "a\0b", "\uD83D\uDE00 \u00e9 \u20ac \uFEFF \uFFFF \u2028",
				"\"\\/\b\f\n\r\t\u001f\u007f", "x".repeat(100_000));
		add(OfLocale.class, Locale.ROOT, Locale.GERMANY, Locale.forLanguageTag("zh-Hant-TW"),
				Locale.forLanguageTag("sr-Latn-RS-x-lvariant-POSIX"), Locale.forLanguageTag("th-TH-u-nu-thai"),
				locale("de", "", "POSIX"), locale("", "GB", ""), locale("no", "NO", "NY"), locale("ja", "JP", "JP"),
				locale("th", "TH", "TH"));
		add(OfUri.class, URI.create("https://example.org:8080/a%20b?q=%C3%A9&r=1#f"), URI.create(""),
				URI.create("urn:isbn:0451450523"), URI.create("../relative"),
				URI.create("http://b\u00fccher.example/"));
		add(OfCurrency.class, Currency.getInstance("EUR"), Currency.getInstance("JPY"));
		add(OfZoneId.class, PARIS, ZoneId.of("UTC"), ZoneId.of("Z"), ZoneId.of("GMT+1"), ZoneOffset.ofHours(-3));
		add(OfZoneOffset.class, ZoneOffset.UTC, ZoneOffset.MIN, ZoneOffset.MAX,
				ZoneOffset.ofHoursMinutesSeconds(1, 2, 3));
	}

	@SuppressWarnings("deprecation")
	private static Locale locale(String language, String country, String variant) {
		return new Locale(language, country, variant);
	}

	private static void arrays() {
		add(OfBytes.class, new byte[0], new byte[] { 0, -1, 127, -128, 1 }, new byte[] { 1 },
				new byte[] { (byte) 0xc1 }, new byte[] { (byte) 0xc1, (byte) 0xc1, 7 }, new byte[70_000]);
		add(OfBooleans.class, new boolean[0], new boolean[] { true, false });
		add(OfShorts.class, new short[] { Short.MIN_VALUE, 0 });
		add(OfInts.class, new int[0], new int[] { Integer.MIN_VALUE, 1, Integer.MAX_VALUE });
		add(OfLongs.class, new long[] { Long.MIN_VALUE, Long.MAX_VALUE });
		add(OfFloats.class, new float[] { Float.NaN, 0.1f, Float.NEGATIVE_INFINITY });
		add(OfDoubles.class, new double[] { Double.NaN, 0.1, Double.POSITIVE_INFINITY });
		add(OfChars.class, new char[0], new char[] { 'a', '\0', '\u20ac' });
		add(OfStrings.class, new String[0], new String[] { "a", null, "" });
		add(OfMatrix.class, new int[][] { { 1, 2 }, {}, null, { 3 } });
		add(OfBlobs.class, new byte[][] { { 1, 2 }, {}, null });
		add(OfBoxedBytes.class, new Byte[] { 1, null, -1 });
		add(OfBoxedChars.class, new Character[] { 'a', null, '\u20ac' });
		add(OfOrders.class, new Order[] { ORDER, null });
		add(OfGenericArray.class, generic(List.of(MONEY), null));
	}

	@SafeVarargs
	@SuppressWarnings("varargs")
	private static List<Money>[] generic(List<Money>... lists) {
		return lists;
	}

	private static void times() {
		LocalDateTime local = LocalDateTime.of(2026, 11, 20, 15, 4, 5, 120_000_000);
		add(OfInstant.class, NOW, Instant.EPOCH, Instant.MIN, Instant.MAX, Instant.parse("1969-12-31T23:59:59.9Z"));
		add(OfLocalDate.class, local.toLocalDate(), LocalDate.MIN, LocalDate.MAX, LocalDate.of(0, 1, 1),
				LocalDate.of(-1, 12, 31), LocalDate.of(10_000, 1, 1));
		add(OfLocalTime.class, LocalTime.MIN, LocalTime.MAX, LocalTime.NOON, LocalTime.of(1, 2, 3, 400));
		add(OfLocalDateTime.class, local, LocalDateTime.MIN, LocalDateTime.MAX, local.withSecond(0).withNano(0));
		add(OfOffsetDateTime.class, local.atOffset(ZoneOffset.ofHours(5)), local.atOffset(ZoneOffset.UTC),
				local.atOffset(ZoneOffset.ofHoursMinutesSeconds(-1, -2, -3)), OffsetDateTime.MIN, OffsetDateTime.MAX);
		add(OfOffsetTime.class, local.toLocalTime().atOffset(ZoneOffset.ofHours(-8)), OffsetTime.MIN, OffsetTime.MAX);
		add(OfZonedDateTime.class, local.atZone(PARIS), local.atZone(ZoneId.of("UTC")), local.atZone(ZoneOffset.UTC),
				local.atZone(ZoneId.of("GMT+1")), local.atZone(ZoneId.of("UTC+02:00")),
				ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 0, PARIS).withEarlierOffsetAtOverlap(),
				ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 0, PARIS).withLaterOffsetAtOverlap(),
				LocalDateTime.MIN.plusYears(1).atZone(ZoneId.of("Asia/Kathmandu")));
		add(OfDuration.class, Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE),
				Duration.ofSeconds(Long.MAX_VALUE, 999_999_999), Duration.ofMillis(90_061_001));
		add(OfPeriod.class, Period.ZERO, Period.of(-1, 14, Integer.MAX_VALUE));
		add(OfYear.class, Year.of(2026), Year.of(0), Year.of(5), Year.of(-44), Year.of(Year.MAX_VALUE),
				Year.of(Year.MIN_VALUE), Year.of(12_345));
		add(OfYearMonth.class, YearMonth.of(2026, 2), YearMonth.of(0, 1), YearMonth.of(Year.MAX_VALUE, 12),
				YearMonth.of(Year.MIN_VALUE, 1), YearMonth.of(-5, 3));
		add(OfMonthDay.class, MonthDay.of(2, 29), MonthDay.of(12, 31));
		add(OfMonth.class, Month.JANUARY, Month.DECEMBER);
		add(OfDayOfWeek.class, DayOfWeek.MONDAY, DayOfWeek.SUNDAY);
		add(OfDate.class, new Date(0), new Date(-1), Date.from(NOW));
	}

	private static void objects() {
		add(OfMoney.class, MONEY);
		add(OfOrder.class, ORDER, new Order(0, null, null, null, null, null, null));
		add(OfEmpty.class, new Empty());
		add(OfBean.class, new Bean("name", 3, List.of(true, false)));
		add(OfImmutableBean.class, new ImmutableBean("name", 3, new Bean("inner", 1, List.of())));
		add(OfShape.class, new Circle(1.5), new Square(2, new Circle(3)), Shape.Unit.ONE);
		add(OfTree.class, new Tree("root", List.of(new Tree("leaf", List.of()))));
	}

	private static void containers() {
		add(OfPage.class, new Page<>(List.of(ORDER, ORDER), 2, Map.of("next", ORDER)),
				new Page<>(List.of(), 0, Map.of()));
		add(OfListOfLists.class, List.of(), List.of(List.of(), List.of(1L, 2L)));
		add(OfSet.class, Set.of(), new LinkedHashSet<>(List.of("c", "a", "b")));
		add(OfSortedSet.class, new TreeSet<>(List.of("b", "a")));
		add(OfEnumSet.class, EnumSet.noneOf(Color.class), EnumSet.allOf(Color.class));
		add(OfOptionalString.class, Optional.empty(), Optional.of(""), Optional.of("x"));
		add(OfOptionalDecimal.class, Optional.of(new BigDecimal("1.10")));
		add(OfOptionalOrder.class, Optional.of(ORDER), Optional.empty());
	}

	private static void keys() {
		add(OfMoneyById.class, Map.of(), Map.of(1L, List.of(MONEY), Long.MIN_VALUE, List.of()));
		add(OfEnumKeys.class, Map.of(Color.RED, "r", Color.GREEN, "g"));
		add(OfEnumMap.class, new EnumMap<>(Map.of(Color.RED, 1)));
		add(OfUuidKeys.class, Map.of(new UUID(1, 2), "x"));
		add(OfDateKeys.class,
				Map.of(LocalDate.of(2026, 11, 20), new BigDecimal("1.10"), LocalDate.MIN, BigDecimal.ONE));
		add(OfInstantKeys.class, Map.of(NOW, 1, Instant.EPOCH, 2));
		add(OfDateTimeKeys.class, Map.of(LocalDateTime.of(2026, 1, 1, 0, 0), 1));
		add(OfZonedKeys.class, Map.of(NOW.atZone(PARIS), 1));
		add(OfOffsetKeys.class, Map.of(NOW.atOffset(ZoneOffset.ofHours(3)), 1));
		add(OfYearMonthKeys.class, Map.of(YearMonth.of(2026, 2), 1));
		add(OfYearKeys.class, Map.of(Year.of(2026), 1));
		add(OfDurationKeys.class, Map.of(Duration.ofSeconds(1), 1));
		add(OfDayKeys.class, new TreeMap<>(Map.of(DayOfWeek.FRIDAY, 1, DayOfWeek.MONDAY, 2)));
		add(OfLocaleKeys.class, Map.of(Locale.GERMANY, 1));
		add(OfUriKeys.class, Map.of(URI.create("a:b"), 1));
		add(OfBooleanKeys.class, Map.of(true, 1));
		add(OfDoubleKeys.class, Map.of(0.1, 1, Double.NaN, 2));
		add(OfDecimalKeys.class, Map.of(new BigDecimal("1.10"), 1, BigDecimal.ONE, 2));
		add(OfCharacterKeys.class, Map.of('x', 1));
	}

	enum Color {

		RED,

		GREEN {
			@Override
			String hex() {
				return "#0f0";
			}
		};

		String hex() {
			return "#f00";
		}

		@Override
		public String toString() {
			return "the color " + hex();
		}

	}

	record Money(BigDecimal amount, Currency currency) {
	}

	record Order(long id, String title, List<Money> prices, Instant at, Optional<LocalDate> due, Color color,
			ZonedDateTime shipped) {

		Order {
			due = (due != null) ? due : Optional.empty();
		}

		boolean isPaid() {
			return false;
		}

	}

	record Page<T>(List<T> items, int number, Map<String, T> links) {
	}

	record Tree(String name, List<Tree> children) {
	}

	record Empty() {
	}

	static class Bean {

		private String name;

		private int count;

		private List<Boolean> flags;

		Bean() {
		}

		Bean(String name, int count, List<Boolean> flags) {
			this.name = name;
			this.count = count;
			this.flags = flags;
		}

		public String getName() {
			return this.name;
		}

		public void setName(String name) {
			this.name = name;
		}

		public int getCount() {
			return this.count;
		}

		public void setCount(int count) {
			this.count = count;
		}

		public List<Boolean> getFlags() {
			return this.flags;
		}

		public void setFlags(List<Boolean> flags) {
			this.flags = flags;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof Bean bean && Objects.equals(bean.name, this.name) && bean.count == this.count
					&& Objects.equals(bean.flags, this.flags);
		}

		@Override
		public int hashCode() {
			return this.count;
		}

	}

	static class ImmutableBean {

		private final String name;

		private final int count;

		private final Bean inner;

		public ImmutableBean(String name, int count, Bean inner) {
			this.name = name;
			this.count = count;
			this.inner = inner;
		}

		public String getName() {
			return this.name;
		}

		public int getCount() {
			return this.count;
		}

		public Bean getInner() {
			return this.inner;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof ImmutableBean bean && Objects.equals(bean.name, this.name)
					&& bean.count == this.count && Objects.equals(bean.inner, this.inner);
		}

		@Override
		public int hashCode() {
			return this.count;
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	sealed interface Shape {

		enum Unit implements Shape {

			ONE

		}

	}

	record Circle(double radius) implements Shape {
	}

	@JsonTypeName("square")
	record Square(int side, Shape inner) implements Shape {
	}

	interface OfBoolean extends Carrier<Boolean> {

	}

	interface OfByte extends Carrier<Byte> {

	}

	interface OfShort extends Carrier<Short> {

	}

	interface OfInteger extends Carrier<Integer> {

	}

	interface OfLong extends Carrier<Long> {

	}

	interface OfFloat extends Carrier<Float> {

	}

	interface OfDouble extends Carrier<Double> {

	}

	interface OfCharacter extends Carrier<Character> {

	}

	interface OfBigDecimal extends Carrier<BigDecimal> {

	}

	interface OfBigInteger extends Carrier<BigInteger> {

	}

	interface OfColor extends Carrier<Color> {

	}

	interface OfUuid extends Carrier<UUID> {

	}

	interface OfOptionalInt extends Carrier<OptionalInt> {

	}

	interface OfOptionalLong extends Carrier<OptionalLong> {

	}

	interface OfOptionalDouble extends Carrier<OptionalDouble> {

	}

	interface OfString extends Carrier<String> {

	}

	interface OfLocale extends Carrier<Locale> {

	}

	interface OfUri extends Carrier<URI> {

	}

	interface OfCurrency extends Carrier<Currency> {

	}

	interface OfZoneId extends Carrier<ZoneId> {

	}

	interface OfZoneOffset extends Carrier<ZoneOffset> {

	}

	interface OfBytes extends Carrier<byte[]> {

	}

	interface OfBooleans extends Carrier<boolean[]> {

	}

	interface OfShorts extends Carrier<short[]> {

	}

	interface OfInts extends Carrier<int[]> {

	}

	interface OfLongs extends Carrier<long[]> {

	}

	interface OfFloats extends Carrier<float[]> {

	}

	interface OfDoubles extends Carrier<double[]> {

	}

	interface OfChars extends Carrier<char[]> {

	}

	interface OfStrings extends Carrier<String[]> {

	}

	interface OfMatrix extends Carrier<int[][]> {

	}

	interface OfBlobs extends Carrier<byte[][]> {

	}

	interface OfBoxedBytes extends Carrier<Byte[]> {

	}

	interface OfBoxedChars extends Carrier<Character[]> {

	}

	interface OfOrders extends Carrier<Order[]> {

	}

	interface OfGenericArray extends Carrier<List<Money>[]> {

	}

	interface OfInstant extends Carrier<Instant> {

	}

	interface OfLocalDate extends Carrier<LocalDate> {

	}

	interface OfLocalTime extends Carrier<LocalTime> {

	}

	interface OfLocalDateTime extends Carrier<LocalDateTime> {

	}

	interface OfOffsetDateTime extends Carrier<OffsetDateTime> {

	}

	interface OfOffsetTime extends Carrier<OffsetTime> {

	}

	interface OfZonedDateTime extends Carrier<ZonedDateTime> {

	}

	interface OfDuration extends Carrier<Duration> {

	}

	interface OfPeriod extends Carrier<Period> {

	}

	interface OfYear extends Carrier<Year> {

	}

	interface OfYearMonth extends Carrier<YearMonth> {

	}

	interface OfMonthDay extends Carrier<MonthDay> {

	}

	interface OfMonth extends Carrier<Month> {

	}

	interface OfDayOfWeek extends Carrier<DayOfWeek> {

	}

	interface OfDate extends Carrier<Date> {

	}

	interface OfMoney extends Carrier<Money> {

	}

	interface OfOrder extends Carrier<Order> {

	}

	interface OfEmpty extends Carrier<Empty> {

	}

	interface OfBean extends Carrier<Bean> {

	}

	interface OfImmutableBean extends Carrier<ImmutableBean> {

	}

	interface OfShape extends Carrier<Shape> {

	}

	interface OfTree extends Carrier<Tree> {

	}

	interface OfPage extends Carrier<Page<Order>> {

	}

	interface OfListOfLists extends Carrier<List<List<Long>>> {

	}

	interface OfSet extends Carrier<Set<String>> {

	}

	interface OfSortedSet extends Carrier<SortedSet<String>> {

	}

	interface OfEnumSet extends Carrier<EnumSet<Color>> {

	}

	interface OfOptionalString extends Carrier<Optional<String>> {

	}

	interface OfOptionalDecimal extends Carrier<Optional<BigDecimal>> {

	}

	interface OfOptionalOrder extends Carrier<Optional<Order>> {

	}

	interface OfMoneyById extends Carrier<Map<Long, List<Money>>> {

	}

	interface OfEnumKeys extends Carrier<Map<Color, String>> {

	}

	interface OfEnumMap extends Carrier<EnumMap<Color, Integer>> {

	}

	interface OfUuidKeys extends Carrier<Map<UUID, String>> {

	}

	interface OfDateKeys extends Carrier<Map<LocalDate, BigDecimal>> {

	}

	interface OfInstantKeys extends Carrier<Map<Instant, Integer>> {

	}

	interface OfDateTimeKeys extends Carrier<Map<LocalDateTime, Integer>> {

	}

	interface OfZonedKeys extends Carrier<Map<ZonedDateTime, Integer>> {

	}

	interface OfOffsetKeys extends Carrier<Map<OffsetDateTime, Integer>> {

	}

	interface OfYearMonthKeys extends Carrier<Map<YearMonth, Integer>> {

	}

	interface OfYearKeys extends Carrier<Map<Year, Integer>> {

	}

	interface OfDurationKeys extends Carrier<Map<Duration, Integer>> {

	}

	interface OfDayKeys extends Carrier<NavigableMap<DayOfWeek, Integer>> {

	}

	interface OfLocaleKeys extends Carrier<Map<Locale, Integer>> {

	}

	interface OfUriKeys extends Carrier<Map<URI, Integer>> {

	}

	interface OfBooleanKeys extends Carrier<Map<Boolean, Integer>> {

	}

	interface OfDoubleKeys extends Carrier<Map<Double, Integer>> {

	}

	interface OfDecimalKeys extends Carrier<Map<BigDecimal, Integer>> {

	}

	interface OfCharacterKeys extends Carrier<Map<Character, Integer>> {

	}

}
