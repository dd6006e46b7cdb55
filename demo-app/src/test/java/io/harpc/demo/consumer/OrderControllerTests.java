package io.harpc.demo.consumer;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.harpc.demo.api.NewOrder;
import io.harpc.demo.api.Order;
import io.harpc.demo.api.OrderLine;
import io.harpc.demo.api.OrderPage;
import io.harpc.demo.api.OrderService;
import io.harpc.demo.api.OutOfStockException;
import org.junit.jupiter.api.Test;

import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

class OrderControllerTests {

	private final MockMvc http = MockMvcBuilders.standaloneSetup(new OrderController(new OneOrder()))
		.setControllerAdvice(new ProblemAdvice())
		.build();

	@Test
	void placesAnOrder() throws Exception {
		this.http.perform(place("{\"customer\":\"ada\",\"lines\":[{\"item\":\"tea\",\"quantity\":2}]}"))
			.andExpect(status().isCreated())
			.andExpect(header().string("Location", "/orders/1"))
			.andExpect(jsonPath("$.customer").value("ada"))
			.andExpect(jsonPath("$.lines[0].item").value("tea"));
	}

	@Test
	void answersAShortageAsAConflictWithItsFields() throws Exception {
		this.http.perform(place("{\"customer\":\"ada\",\"lines\":[{\"item\":\"mug\",\"quantity\":6}]}"))
			.andExpect(status().isConflict())
			.andExpect(jsonPath("$.title").value("Out of stock"))
			.andExpect(jsonPath("$.detail").value("mug: 6 wanted, 5 left"))
			.andExpect(jsonPath("$.item").value("mug"))
			.andExpect(jsonPath("$.left").value(5));
	}

	@Test
	void refusesAnOrderThatIsNone() throws Exception {
		this.http.perform(place("{")).andExpect(status().isBadRequest());
		this.http.perform(place("{\"customer\":\"ada\"}")).andExpect(status().isBadRequest());
		this.http.perform(place("{\"customer\":\" \",\"lines\":[{\"item\":\"tea\",\"quantity\":2}]}"))
			.andExpect(status().isBadRequest());
		this.http.perform(place("{\"customer\":\"ada\",\"lines\":[{\"item\":\"tea\",\"quantity\":0}]}"))
			.andExpect(status().isBadRequest());
	}

	@Test
	void findsAnOrderOrSaysThatThereIsNone() throws Exception {
		this.http.perform(get("/orders/1")).andExpect(status().isOk()).andExpect(jsonPath("$.total").value(6.40));
		this.http.perform(get("/orders/2")).andExpect(status().isNotFound());
		this.http.perform(get("/orders/two")).andExpect(status().isBadRequest());
	}

	@Test
	void listsOrders() throws Exception {
		this.http.perform(get("/orders"))
			.andExpect(status().isOk())
			.andExpect(jsonPath("$.orders[0].id").value(1))
			.andExpect(jsonPath("$.size").value(10));
		this.http.perform(get("/orders?page=-1")).andExpect(status().isBadRequest());
		this.http.perform(get("/orders?size=101")).andExpect(status().isBadRequest());
	}

	private static MockHttpServletRequestBuilder place(String json) {
		return post("/orders").contentType(MediaType.APPLICATION_JSON).content(json);
	}

	private static final class OneOrder implements OrderService {

		private static final Order ORDER = new Order(1, "ada", List.of(new OrderLine("tea", 2)), new BigDecimal("6.40"),
				Instant.EPOCH, "127.0.0.1:20881");

		@Override
		public Order place(String customer, NewOrder order) throws OutOfStockException {
			OrderLine line = order.lines().get(0);
			if (line.item().equals("mug")) {
				throw new OutOfStockException("mug", line.quantity(), 5);
			}
			return new Order(1, customer, order.lines(), BigDecimal.TEN, Instant.EPOCH, "127.0.0.1:20881");
		}

		@Override
		public Optional<Order> find(long id) {
			return (id == 1) ? Optional.of(ORDER) : Optional.empty();
		}

		@Override
		public OrderPage page(int page, int size) {
			return new OrderPage(List.of(ORDER), page, size, 1, "127.0.0.1:20881");
		}

	}

}
