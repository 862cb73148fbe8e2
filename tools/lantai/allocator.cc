// How does the program's memory allocator (jemalloc) behave? It reads this at start; another allocator does not.
extern "C" {
// A thread of its own gives back what was freed, also when nobody allocates any more.
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:3000,muzzy_decay_ms:3000";
}
