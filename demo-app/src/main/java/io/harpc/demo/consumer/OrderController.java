package io.harpc.demo.consumer;

import java.net.URI;
import java.util.List;

import io.harpc.annotation.RpcReference;
import io.harpc.demo.api.NewOrder;
import io.harpc.demo.api.Order;
import io.harpc.demo.api.OrderLine;
import io.harpc.demo.api.OrderPage;
import io.harpc.demo.api.OrderService;
import io.harpc.demo.api.OutOfStockException;

import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping("/orders")
@Profile("!provider")
class OrderController {

	private final OrderService orders;

	OrderController(@RpcReference OrderService orders) {
		this.orders = orders;
	}

	@PostMapping
	ResponseEntity<Order> place(@RequestBody PlaceOrder request) throws OutOfStockException {
		Order order = this.orders.place(request.customer(), new NewOrder(request.lines()));
		return ResponseEntity.created(URI.create("/orders/" + order.id())).body(order);
	}

	@GetMapping("/{id}")
	Order find(@PathVariable long id) {
		return this.orders.find(id)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no order " + id));
	}

	@GetMapping
	OrderPage page(@RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "10") int size) {
		if (page < 0 || size < 1 || size > 100) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"page: " + page + ", size: " + size + " (expected: a page of at least 0, a size from 1 to 100)");
		}
		return this.orders.page(page, size);
	}

	record PlaceOrder(String customer, List<OrderLine> lines) {

		private static final int MAX_NAME_LENGTH = 100;

		PlaceOrder {
			if (customer == null || customer.isBlank() || customer.length() > MAX_NAME_LENGTH) {
				throw new IllegalArgumentException(
						"customer: '" + customer + "' (expected: a name of at most 100 characters)");
			}
			lines = new NewOrder(lines).lines();
		}

	}

}
